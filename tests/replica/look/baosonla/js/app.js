// Built from modules; what an article needs besides is imported when it is wanted.
const menu = document.querySelector("header nav.md\\:hidden");
const button = document.createElement("button");
button.textContent = "☰";
button.setAttribute("aria-label", "Menu");
button.addEventListener("click", () => menu.classList.toggle("is-open"));
menu.prepend(button);

const slot = document.querySelector("[data-slides]");
if (slot) {
  // An address that stands nowhere as a whole: only who runs this knows it.
  const picture = new Image(320, 200);
  picture.alt = "";
  picture.src = ["https://media.baosonla.org.vn", "slides", "320x200", `trang-nhat-${slot.dataset.slides}.webp`].join("/");
  slot.append(picture);
}

const comments = document.querySelector("section.comments");
if (comments) {
  const { show } = await import("/js/chunks/comments.js?id=7f3a");
  await show(comments);
}
