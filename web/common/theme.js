/* Runs before the first paint: the reader's own choice of light or dark, if there is one. */
(function () {
    'use strict';
    var root = document.documentElement;
    try {
        var kept = localStorage.getItem('quern-theme');
        if (kept === 'light' || kept === 'dark')
            root.dataset.theme = kept;
    } catch (e) { /* storage may be forbidden: the system's setting then */
    }
})();
