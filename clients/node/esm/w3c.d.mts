export * from '../dist/w3c/index.js';
