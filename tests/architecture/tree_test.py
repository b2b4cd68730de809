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
import rules  # pylint: disable=wrong-import-position


class Tree(unittest.TestCase):
    root = os.path.dirname(os.path.dirname(_HERE))

    def setUp(self):
        self.assertTrue(os.path.exists(os.path.join(self.root, "WORKSPACE")), self.root)

    def test_the_tree_follows_its_rules(self):
        violations = check.check(self.root)
        self.assertFalse(violations, "\n" + "\n".join(violations))

    def test_every_file_that_the_rules_name_is_there(self):
        files = check.Tree(self.root).files
        known = set(files) | {os.path.splitext(path)[0] for path in files}
        named = {*rules.CORE_FILES, *rules.INTERFACES, *rules.LOCK_FILES, *rules.CLOCK_FILES,
                 *rules.CORE_HEADERS_OF_ONE_FILE.values()}
        self.assertFalse(named - known)


if __name__ == "__main__":
    unittest.main()
