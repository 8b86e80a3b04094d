"""Makes sure that the tests have a Chromium: Debian's package as root, Playwright's own elsewhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def has_playwright_chromium() -> bool:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def main() -> None:
    if shutil.which("chromium"):
        return
    print("Installing Chromium for the browser tests (once) …", flush=True)
    apt_get = shutil.which("apt-get")
    if os.geteuid() == 0 and apt_get:
        subprocess.run([apt_get, "update", "-qq"], check=True)
        subprocess.run([apt_get, "install", "-y", "-qq", "chromium"], check=True)
    elif not has_playwright_chromium():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


main()
