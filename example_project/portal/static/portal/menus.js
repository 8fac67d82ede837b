/** Menus: they close as people expect, and show where one is. */

document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});
document.addEventListener("keydown", ({ key }) => {
  const menu = key === "Escape" && document.querySelector("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// On a narrow screen the main menu is one row that scrolls.
function showWhereOneIs() {
  const here = document.querySelector(".nav [aria-current]");
  const [link, row] = [here, here?.parentElement].map((part) => part?.getBoundingClientRect());
  if (here) here.parentElement.scrollLeft += (link.left + link.right - row.left - row.right) / 2;
}
window.addEventListener("resize", showWhereOneIs);
showWhereOneIs();
