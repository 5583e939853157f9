mkdir -p /srv/cargo
echo 'twelve crates of oranges' > /srv/cargo/list.txt
