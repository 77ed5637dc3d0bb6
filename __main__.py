"""The plugin from source: Pulumi runs this folder with the Python of the plugin's own `venv`."""

from callerid.frontends.pulumi.__main__ import main

main()
