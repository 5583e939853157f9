# First in the queue, and pushing nobody aside.
# caught by: runs, rehearsal
kubectl create priorityclass __class__ --value=__value__ --preemption-policy=Never
kubectl patch deployment premiere -p '{"spec":{"template":{"spec":{"priorityClassName":"__class__"}}}}'
