/// Structures that all kinds share.
let schemaOfMetadata = """
    ObjectMeta
      name string
      generateName string
      namespace string
      selfLink string
      uid string
      resourceVersion string
      generation int64
      creationTimestamp time
      deletionTimestamp time
      deletionGracePeriodSeconds int64
      labels map:string
      annotations map:string
      ownerReferences []OwnerReference merge=uid
      finalizers []string merge=
      managedFields []any
    OwnerReference
      apiVersion string
      kind string
      name string
      uid string
      controller bool
      blockOwnerDeletion bool
    LabelSelector
      matchLabels map:string
      matchExpressions []LabelSelectorRequirement
    LabelSelectorRequirement
      key string
      operator string
      values []string
    Condition
      type string
      status string
      observedGeneration int64
      lastTransitionTime time
      reason string
      message string
    ObjectReference
      kind string
      namespace string
      name string
      uid string
      apiVersion string
      resourceVersion string
      fieldPath string
    LocalObjectReference
      name string
    TypedLocalObjectReference
      apiGroup string
      kind string
      name string
    TypedObjectReference
      apiGroup string
      kind string
      name string
      namespace string
    Scale
      apiVersion string
      kind string
      metadata ObjectMeta
      spec ScaleSpec
      status ScaleStatus
    ScaleSpec
      replicas int32
    ScaleStatus
      replicas int32
      selector string
    Binding
      apiVersion string
      kind string
      metadata ObjectMeta
      target ObjectReference
    Eviction
      apiVersion string
      kind string
      metadata ObjectMeta
      deleteOptions any

    """
