(text) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], {type: 'text/plain;charset=utf-8'}));
  link.download = 'NAME';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
