"""m3ter: everything that callerid knows of this platform."""
