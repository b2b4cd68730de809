// Run by test/nat.test.js in a network of its own.
import { silence } from './silence.js';

silence('in');
