// The browsers that can publish, by the names that the demo takes.
import { launchBrowser } from './browser.js';
import { launchFirefox } from './firefox.js';

export const BROWSERS = {
  chromium: { label: 'Chromium', launch: () => launchBrowser() },
  firefox: { label: 'Firefox', launch: launchFirefox },
};
