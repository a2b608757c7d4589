// How often the page was read.
(function () {
  var place = document.getElementById("views"), article = document.getElementById("article_id");
  if (!article) return;
  var question = new XMLHttpRequest();
  question.open("GET", "/ajax/views?id=" + article.innerHTML + "&_=" + new Date().getTime());
  question.onload = function () { place.innerHTML = JSON.parse(question.responseText).views; };
  question.send();
})();
