// A child process of ours: it is asked to end, then made to; nothing but our own child is ever signalled.
import { spawn } from 'node:child_process';
import ourselves from 'node:process';
import { Timeout, within } from './wait.js';

/**
 * Starts a process.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Child}
 */
export function startChild(command, args, options) {
  return new Child(command, spawn(command, args, options));
}

/** A running child process. */
export class Child {
  #ended = null;

  /** @param {string} name @param {import('node:child_process').ChildProcess} process */
  constructor(name, process) {
    this.name = name;
    this.process = process;
    /** Resolves when it has ended: `exit status 0`, `signal SIGTERM`, or why it could not be started. */
    this.ended = new Promise((resolve) => {
      const end = (how) => {
        ourselves.off('exit', orphan);
        resolve((this.#ended ??= how));
      };
      process.once('error', (error) => end(error.message));
      process.once('exit', (code, signal) => end(signal ? `signal ${signal}` : `exit status ${code}`));
    });
    // If this program ends before it has stopped its child, the child ends with it.
    const orphan = () => process.kill('SIGKILL');
    ourselves.once('exit', orphan);
  }

  /** How it ended; null while it runs. */
  get howEnded() {
    return this.#ended;
  }

  /**
   * Ends it, with a signal first and by force at last.
   * @param {NodeJS.Signals} [signal]
   * @param {number} [graceMs]
   * @returns {Promise<string>} How it ended.
   */
  async stop(signal = 'SIGTERM', graceMs = 5_000) {
    if (this.#ended === null) this.process.kill(signal);
    try {
      return await within(this.ended, this.name, graceMs);
    } catch (error) {
      if (!(error instanceof Timeout)) throw error;
      this.process.kill('SIGKILL');
      return `${await this.ended} after ${graceMs / 1000} s of grace`;
    }
  }
}
