// How does a panel that lies over the page open and close? By an address that names it; by Escape, one's own menu also when the focus
// goes on to what it covers.

const named = document.querySelector(".act:target");
if (named) {
  named.setAttribute("open", "");
  named.querySelector("button").focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest(":is(.act, .who)[open]");
  if (!open) return;
  open.removeAttribute("open");
  open.querySelector("summary").focus();
});

document.addEventListener("focusin", (event) => {
  const open = document.querySelector(".who[open]");
  if (open && !open.contains(event.target)) open.removeAttribute("open");
});
