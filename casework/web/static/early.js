/* Before anything is drawn: styles may know that scripts run, so that nothing moves when they do. */
document.documentElement.classList.add("scripted");
