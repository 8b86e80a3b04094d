// Says at once when this browser can't be a kiosk, instead of letting staff sign out for nothing.
(() => {
  const form = document.querySelector("[data-kiosk-start]");
  const needed = window.isSecureContext && "serviceWorker" in navigator && window.indexedDB && crypto.subtle;
  if (needed || !form) return;
  document.querySelector("[data-kiosk-cannot]").hidden = false;
  form.hidden = true;
})();
