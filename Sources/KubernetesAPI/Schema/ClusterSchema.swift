/// Namespaces, Nodes, ConfigMaps, Events and Leases.
let schemaOfCluster = """
    Namespace
      apiVersion string
      kind string
      metadata ObjectMeta
      spec NamespaceSpec
      status NamespaceStatus
    NamespaceSpec
      finalizers []string
    NamespaceStatus
      phase string
      conditions []Condition merge=type
    Node
      apiVersion string
      kind string
      metadata ObjectMeta
      spec NodeSpec
      status NodeStatus
    NodeSpec
      podCIDR string
      podCIDRs []string merge=
      providerID string
      unschedulable bool
      taints []Taint
      configSource any
      externalID string
    Taint
      key string
      value string
      effect string
      timeAdded time
    NodeStatus
      capacity map:quantity
      allocatable map:quantity
      phase string
      conditions []NodeCondition merge=type
      addresses []NodeAddress merge=type
      daemonEndpoints NodeDaemonEndpoints
      nodeInfo NodeSystemInfo
      images []ContainerImage
      volumesInUse []string
      volumesAttached []any
      config any
      runtimeHandlers []any
      features any
      declaredFeatures []string
    NodeCondition
      type string
      status string
      lastHeartbeatTime time
      lastTransitionTime time
      reason string
      message string
    NodeAddress
      type string
      address string
    NodeDaemonEndpoints
      kubeletEndpoint DaemonEndpoint
    DaemonEndpoint
      Port int32
    NodeSystemInfo
      machineID string
      systemUUID string
      bootID string
      kernelVersion string
      osImage string
      containerRuntimeVersion string
      kubeletVersion string
      kubeProxyVersion string
      operatingSystem string
      architecture string
      swap any
    ContainerImage
      names []string
      sizeBytes int64
    ConfigMap
      apiVersion string
      kind string
      metadata ObjectMeta
      immutable bool
      data map:string
      binaryData map:bytes
    Event
      apiVersion string
      kind string
      metadata ObjectMeta
      involvedObject ObjectReference
      reason string
      message string
      source EventSource
      firstTimestamp time
      lastTimestamp time
      count int32
      type string
      eventTime time
      series EventSeries
      action string
      related ObjectReference
      reportingComponent string
      reportingInstance string
    EventSource
      component string
      host string
    EventSeries
      count int32
      lastObservedTime time
    Lease
      apiVersion string
      kind string
      metadata ObjectMeta
      spec LeaseSpec
    LeaseSpec
      holderIdentity string
      leaseDurationSeconds int32
      acquireTime time
      renewTime time
      leaseTransitions int32
      strategy string
      preferredHolder string

    """
