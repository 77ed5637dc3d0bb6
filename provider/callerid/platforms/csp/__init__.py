"""VMware Cloud Services: everything that callerid knows of this platform."""
