"""HTTP to other machines: the client, its failures, its event loop, and which hosts count as this machine."""
