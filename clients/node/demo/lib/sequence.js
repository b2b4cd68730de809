// Follows RTP sequence numbers over their wrap, and knows what never came.

const MODULUS = 0x10000;
// A gap wider than this is counted, not listed.
const MAX_LISTED = 10_000;

/** Checks that one stream's sequence numbers have no gap. */
export class SequenceCheck {
  #highest = null;
  #missing = new Set();
  #unlisted = 0;
  received = 0;
  duplicates = 0;
  reordered = 0;

  /** @param {number} sequence 16 bits, as in the packet. */
  add(sequence) {
    ++this.received;
    if (this.#highest === null) {
      this.#highest = sequence;
      return;
    }
    const forward = (((sequence - this.#highest) % MODULUS) + MODULUS) % MODULUS;
    if (forward === 0) ++this.duplicates;
    else if (forward < MODULUS / 2) this.#advance(forward);
    else this.#late(this.#highest - (MODULUS - forward));
  }

  #advance(forward) {
    for (let step = 1; step < forward; ++step) {
      if (this.#missing.size < MAX_LISTED) this.#missing.add(this.#highest + step);
      else ++this.#unlisted;
    }
    this.#highest += forward;
  }

  #late(extended) {
    if (this.#missing.delete(extended)) ++this.reordered;
    else ++this.duplicates;
  }

  /** Packets between the first and the last that have not come. */
  get missing() {
    return this.#missing.size + this.#unlisted;
  }
}
