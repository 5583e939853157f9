mkdir -p /srv/papers
echo 'once upon a time' > /srv/papers/first.txt
