// The main job, shown and checked: a real browser publishes camera, microphone and data channels; the service hands the
// media to local UDP ports, where ffmpeg decodes it and a second receiver checks every packet.
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BROWSERS } from './lib/browsers.js';
import { Cleanup } from './lib/cleanup.js';
import { formatTable } from './lib/table.js';
import { run } from './lib/run.js';
import { within } from './lib/wait.js';

// node main.js [BROWSER [DIRECTORY]]
const [browser = 'chromium', directory = fileURLToPath(new URL('../../../demo-output/', import.meta.url))] = process.argv.slice(2);
const TOTAL_TIMEOUT_MS = 180_000;

const began = performance.now();
const say = (text) => console.log(`[${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s] ${text}`);

function report(checks) {
  console.log(`\n${formatTable(checks.map(({ name, ok, measured }) => [ok ? 'ok' : 'FAILED', name, measured]))}\n`);
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length === 0) console.log(`All ${checks.length} checks hold. See ${directory}`);
  else console.log(`${failed.length} of ${checks.length} checks failed:`);
  for (const { name, measured } of failed) console.log(`  ${name}: ${measured}`);
  return failed.length === 0 ? 0 : 1;
}

async function main(cleanup) {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  try {
    return report(await within(run({ browser, directory, cleanup, say }), 'the demo', TOTAL_TIMEOUT_MS));
  } catch (error) {
    console.log(`\nFAILED: ${error.message}`);
    console.log(`What was written until then is in ${directory} (service.log, ffmpeg.log).`);
    return 1;
  }
}

if (!(browser in BROWSERS)) {
  console.log(`no browser is called ${browser}; there are ${Object.keys(BROWSERS).join(' and ')}`);
  process.exit(2);
}
const cleanup = new Cleanup();
const interrupted = new Promise((resolve) => {
  process.once('SIGINT', () => resolve(130));
  process.once('SIGTERM', () => resolve(143));
  process.once('SIGHUP', () => resolve(129));
});
const status = await Promise.race([main(cleanup), interrupted]);
for (const failure of await cleanup.run()) console.log(`at the end: ${failure}`);
process.exit(status);
