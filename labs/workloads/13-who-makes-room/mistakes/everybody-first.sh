# The class of everybody who names none.
# caught by: class
set -e
kubectl create priorityclass __class__ --value=__value__ --global-default=true
kubectl patch deployment premiere -p '{"spec":{"template":{"spec":{"priorityClassName":"__class__"}}}}'
