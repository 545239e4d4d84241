// What runs on every staff page? Nothing here is needed to read a page or to send a form.

import "./countdown.js";
import "./copy.js";
import "./fragment-keep.js";
import "./keys.js";
import "./live.js";
import "./panels.js";

document.querySelector("[data-focus]")?.focus();
