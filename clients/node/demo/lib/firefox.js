// Headless Firefox with a fake camera and a fake microphone, by WebDriver BiDi: Playwright drives a build of its own only.
import puppeteer from 'puppeteer-core';

const EXECUTABLE = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const PREFERENCES = {
  // A picture that changes and a tone, and nobody is asked for permission.
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  // Firefox leaves 127.0.0.1 out of its candidates and puts names in the place of addresses; here both ends are on this
  // machine.
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // No other host is asked for anything.
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};
const LAUNCH_TIMEOUT_MS = 60_000;

/**
 * Starts the browser. What is used of it has the names that launchBrowser's has.
 * @returns {Promise<import('puppeteer-core').Browser>}
 */
export function launchFirefox() {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: EXECUTABLE,
    headless: true,
    extraPrefsFirefox: PREFERENCES,
    timeout: LAUNCH_TIMEOUT_MS,
    // Whoever starts it ends it, along with all else that has to end.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}
