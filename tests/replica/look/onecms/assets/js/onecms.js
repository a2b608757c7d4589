(function () {
  "use strict";

  // The clock of the header
  var clock = document.querySelector(".onecms__currentTime");
  if (clock) clock.textContent = new Date().toLocaleDateString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh" });

  // Pictures that wait until they come into view
  function load(img) {
    if (img.dataset.srcset) img.srcset = img.dataset.srcset;
    if (img.dataset.src) img.src = img.dataset.src;
    img.removeAttribute("data-src");
    img.removeAttribute("data-srcset");
  }
  var seen = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      seen.unobserve(entry.target);
      load(entry.target);
    });
  }, { rootMargin: "100px" });
  function watch(root) {
    root.querySelectorAll("img[data-src], img[data-srcset]").forEach(function (img) { seen.observe(img); });
  }
  watch(document);

  // Xem thêm
  document.addEventListener("click", function (event) {
    var button = event.target.closest(".onecms__loadmore a");
    if (!button) return;
    event.preventDefault();
    var request = new XMLHttpRequest();
    request.open("GET", button.dataset.url + "?_=" + Date.now());
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.onload = function () {
      if (request.status !== 200) return;
      var piece = document.createElement("div");
      piece.innerHTML = request.responseText;
      var list = document.querySelector("ul.loadAjax");
      watch(piece);
      piece.querySelectorAll("li.loadArticle").forEach(function (row) { list.appendChild(row); });
      var next = piece.querySelector(".onecms__loadmore");
      var old = button.closest(".onecms__loadmore");
      if (next) old.replaceWith(next); else old.remove();
    };
    request.send();
  });

  // Comments and the number of readers of an article
  var main = document.querySelector("main[data-id]");
  if (!main) return;
  var list = document.querySelector(".onecms__comment__list");
  fetch("/ajax/comments?id=" + main.dataset.id + "&_=" + Date.now()).then(function (answer) {
    return answer.json();
  }).then(function (comments) {
    comments.forEach(function (comment) {
      var row = document.createElement("li");
      row.textContent = comment.name + ": " + comment.text;
      list.appendChild(row);
    });
  });
  fetch("/ajax/views?id=" + main.dataset.id).then(function (answer) { return answer.json(); }).then(function (counted) {
    var line = document.createElement("span");
    line.className = "c-views";
    line.textContent = counted.views + " lượt xem";
    document.querySelector(".c-share").appendChild(line);
  });
})();
