"""Checks this repository's own tree.

The test reads the whole working tree, found by resolving the symbolic link that the build
made of this file; it is marked external so that it runs each time.
"""

import os
import sys
import unittest

_HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, _HERE)

import check  # pylint: disable=wrong-import-position


class Tree(unittest.TestCase):

    def test_the_tree_follows_its_rules(self):
        root = os.path.dirname(os.path.dirname(_HERE))
        self.assertTrue(os.path.exists(os.path.join(root, "WORKSPACE")), root)
        violations = check.check(root)
        self.assertFalse(violations, "\n" + "\n".join(violations))


if __name__ == "__main__":
    unittest.main()
