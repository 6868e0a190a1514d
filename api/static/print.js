// Shows the button that opens the print dialogue.
"use strict";
(() => {
  const button = document.getElementById("print");
  button.hidden = false;
  button.onclick = () => window.print();
})();
