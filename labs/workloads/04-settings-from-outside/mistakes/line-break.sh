# A line break belongs to the password now.
# caught by: secret
echo __word__ | kubectl create secret generic entry --from-file=password=/dev/stdin
