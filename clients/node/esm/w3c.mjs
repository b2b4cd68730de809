// The same module as for require(): one copy of every class, whichever way it is loaded.
export * from '../dist/w3c/index.js';
