"""HTTP for whoever talks to another machine: the client, its errors, its event loop, and which hosts count as this machine."""
