import sharp from 'sharp';
import { drawPortrait } from './drawing/portrait';
import type { Person } from './person';
import type { Photograph } from './photograph';
import { SeededRandom } from './seededRandom';

/** A drawn photograph as the camera gives it: lens, contrast, colour of the light and noise, compressed as JPEG. */
export async function developPhotograph(person: Person, photograph: Photograph): Promise<Buffer> {
  let picture = sharp(Buffer.from(drawPortrait(person, photograph))).removeAlpha();
  if (photograph.blur > 0.3) picture = picture.blur(photograph.blur);
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  expose(data, photograph);
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    .jpeg({ quality: photograph.quality })
    .toBuffer();
}

/** Contrast about middle grey, brightness, the light's warmth, and noise of brightness and of colour, in place. */
function expose(data: Uint8Array, { contrast, brightness, light, noise, seed }: Photograph): void {
  const random = new SeededRandom(seed, 'noise');
  const gains = [1 + 0.1 * light.warmth, 1, 1 - 0.12 * light.warmth];
  // The sum of three uniform numbers is normal enough, and one draw of 32 bits gives them.
  const draw = (): number => {
    const bits = random.bits();
    return (((bits & 1023) + ((bits >>> 10) & 1023) + ((bits >>> 20) & 1023)) / 1023 - 1.5) * 2 * noise;
  };
  for (let i = 0; i < data.length; i += 3) {
    const grain = draw();
    for (let channel = 0; channel < 3; channel++) {
      const lit = ((data[i + channel]! - 128) * contrast + 128) * gains[channel]! + brightness;
      const value = lit + grain + (channel === 1 ? 0 : 0.4 * draw());
      data[i + channel] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
}
