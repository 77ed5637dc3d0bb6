"""The stand-in for VMware Cloud Services: its callers, its routes, its errors."""
