// The counter at the foot of each page.
var counter = document.getElementById("counter");
if (counter) {
  var question = new XMLHttpRequest();
  question.open("GET", "/ajax/views?id=" + encodeURIComponent(location.pathname) + "&_=" + new Date().getTime(), true);
  question.onreadystatechange = function () {
    if (question.readyState === 4 && question.status === 200) {
      counter.innerHTML = JSON.parse(question.responseText).views;
    }
  };
  question.send(null);
}
