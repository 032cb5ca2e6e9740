"""Measurements that anyone can repeat: `make bench NAME=overhead`. They print ratios against a peer in the same run, and are no tests."""
