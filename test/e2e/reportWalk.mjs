// The LFW tab as one explores it: the cursor on the ROC by key and pointer, and the wrong pairs that follow it.
import assert from 'node:assert/strict';
import { plain, until } from './host/polling.mjs';
import { within } from '../fixtures/deadlines.mjs';

const minutes = 1;
/** Numbers are grouped by thin spaces. */
const numberOf = (text) => Number(text.replace(/[^\d.]/g, ''));

class ReportWalk {
  /** @param page content of the LFW tab; `report` is what it shows */
  constructor(page, report) {
    this.page = page;
    this.report = report;
    this.cursor = page.getByRole('slider', { name: 'Threshold on the ROC curve' });
  }

  async readout(name) {
    const value = this.page.locator('.readout', { hasText: name }).locator('.readout-value').first();
    return plain(await value.innerText({ timeout: within(20_000) }));
  }

  card(title) {
    return this.page.locator('section.card', { has: this.page.locator('h2', { hasText: title }) });
  }

  async listed(title) {
    return numberOf(
      await this.card(title)
        .locator('.count')
        .innerText({ timeout: within(20_000) }),
    );
  }

  async threshold() {
    return Number(await this.cursor.getAttribute('aria-valuenow'));
  }

  /** The lists follow the readout a moment later. */
  async listsAgree() {
    await until(
      'the lists hold as many pairs as the readout says',
      async () => {
        const [wrong, used] = (await this.readout('Wrong pairs')).split(' of ').map(numberOf);
        assert.equal(used, this.report.pairs.used);
        return (await this.listed('False rejects')) + (await this.listed('False accepts')) === wrong;
      },
      minutes,
    );
  }

  async byKey() {
    const { different, same } = this.report.pairs;
    await this.cursor.focus();
    await this.cursor.press('End');
    assert.equal(await this.threshold(), Number(await this.cursor.getAttribute('aria-valuemax')));
    assert.equal(await this.readout('FAR'), '100.0 %');
    await until(
      'every different pair is accepted',
      async () => (await this.listed('False accepts')) === different,
      minutes,
    );
    await this.cursor.press('Home');
    await until(
      'every pair of one person is rejected',
      async () => (await this.listed('False rejects')) === same,
      minutes,
    );
    const least = await this.threshold();
    await this.cursor.press('PageUp');
    await this.cursor.press('ArrowRight');
    assert.ok((await this.threshold()) > least);
    await this.listsAgree();
  }

  async byPointer() {
    const plot = this.cursor.locator('.u-over');
    await plot.scrollIntoViewIfNeeded();
    const { width, height } = await plot.boundingBox();
    const seen = [];
    for (const part of [0.9, 0.05]) {
      await plot.click({ position: { x: width * part, y: height * (1 - part) } });
      seen.push(numberOf(await this.readout('FAR')));
    }
    assert.ok(seen[0] > seen[1], `the cursor follows the pointer: FAR ${seen.join(' %, then ')} %`);
    await this.listsAgree();
  }

  async gallery() {
    await this.cursor.focus();
    await this.cursor.press('End');
    const card = this.card('False accepts');
    await until('the list is full', async () => (await card.locator('li.pair').count()) === 24, minutes);
    await card.locator('.pager button', { hasText: 'Next' }).click();
    const range = card.locator('.page-range');
    await until('the next page is shown', async () => /^25–48 of/.test(await range.innerText()), minutes);
    const last = card.locator('.pictures img').last();
    await last.scrollIntoViewIfNeeded();
    await until('their pictures are loaded', () => last.evaluate(({ naturalWidth }) => naturalWidth > 0), minutes);
  }

  async back() {
    await this.page.locator('vscode-button', { hasText: /^Back to/ }).click();
    await this.listsAgree();
    await this.page.locator('body').evaluate(() => window.scrollTo(0, 0));
  }
}

/** Moves the threshold in every way and looks at what follows; `picture` keeps what is seen. */
export async function exploreReport(page, report, picture) {
  const walk = new ReportWalk(page, report);
  await walk.byKey();
  await picture('12-roc-by-key');
  await walk.byPointer();
  await picture('13-roc-by-pointer');
  await walk.gallery();
  await picture('14-wrong-pairs-gallery');
  await walk.back();
}
