"""What several tests share: a scripted API, a clock that obeys, the plugin as a process."""
