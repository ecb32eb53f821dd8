import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyEnvironment } from '../../../extension/jobs/proxyEnvironment';

const settings = { proxy: 'http://proxy.example:3128', noProxy: ['intranet.example', '*.local'], support: 'override' };

test("a program gets the proxy of VS Code's settings, unless the user's environment names one or it is turned off", () => {
  assert.deepEqual(proxyEnvironment(settings, {}), {
    HTTPS_PROXY: settings.proxy,
    HTTP_PROXY: settings.proxy,
    NO_PROXY: 'intranet.example,*.local',
  });
  assert.deepEqual(proxyEnvironment({ ...settings, noProxy: [] }, {}), {
    HTTPS_PROXY: settings.proxy,
    HTTP_PROXY: settings.proxy,
  });
  assert.deepEqual(proxyEnvironment(settings, { https_proxy: 'http://mine.example' }), {});
  assert.deepEqual(proxyEnvironment({ ...settings, proxy: '' }, {}), {});
  assert.deepEqual(proxyEnvironment({ ...settings, support: 'off' }, {}), {});
});
