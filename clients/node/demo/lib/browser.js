// Headless Chromium with a fake camera and a fake microphone.
import { chromium } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  // Browsers leave 127.0.0.1 out of their candidates; here both ends are on this machine.
  '--allow-loopback-in-peer-connection',
];
const DEVICE_FLAGS = [
  // A picture with a running clock, and a beep every second; nobody is asked for permission.
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  // A page that may use the camera shows its addresses anyway; one that has not asked yet shall, too.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];
const LAUNCH_TIMEOUT_MS = 60_000;

/**
 * Starts the browser.
 * @param {{hideAddresses?: boolean}} [options] Whether there are no devices, so that candidates carry mDNS names in
 *   place of addresses, as on any page without permission for camera or microphone. Default: no.
 * @returns {Promise<import('playwright-core').Browser>}
 */
export function launchBrowser({ hideAddresses = false } = {}) {
  return chromium.launch({
    executablePath: EXECUTABLE,
    headless: true,
    args: hideAddresses ? FLAGS : [...FLAGS, ...DEVICE_FLAGS],
    timeout: LAUNCH_TIMEOUT_MS,
    // Whoever starts it ends it, along with all else that has to end.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}
