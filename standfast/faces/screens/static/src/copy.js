// How is a reference copied? By the button that shows it, or by its key; it is said aloud when it is done.

import { announce } from "./countdown.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  navigator.clipboard?.writeText(button.dataset.copy).then(() => announce("Reference copied"));
});
