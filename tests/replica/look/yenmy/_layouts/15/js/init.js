(function () {
  var menu = document.querySelector("ul.mobile-menu");
  var button = document.createElement("a");
  button.className = "menu-switch";
  button.href = "javascript:;";
  button.appendChild(document.createTextNode("≡ Danh mục"));
  button.onclick = function () { menu.classList.toggle("is-open"); };
  menu.parentNode.insertBefore(button, menu);

  var boards = document.querySelectorAll("[data-bg]");
  var seen = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      seen.unobserve(entry.target);
      entry.target.style.backgroundImage = "url('" + entry.target.getAttribute("data-bg") + "')";
    });
  });
  for (var i = 0; i < boards.length; i++) seen.observe(boards[i]);
})();
