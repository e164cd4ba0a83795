/// Services and EndpointSlices.
let schemaOfNetwork = """
    Service
      apiVersion string
      kind string
      metadata ObjectMeta
      spec ServiceSpec
      status ServiceStatus
    ServiceSpec
      ports []ServicePort merge=port
      selector map:string
      clusterIP string
      clusterIPs []string
      type string
      externalIPs []string
      sessionAffinity string
      loadBalancerIP string
      loadBalancerSourceRanges []string
      externalName string
      externalTrafficPolicy string
      healthCheckNodePort int32
      publishNotReadyAddresses bool
      sessionAffinityConfig SessionAffinityConfig
      ipFamilies []string
      ipFamilyPolicy string
      allocateLoadBalancerNodePorts bool
      loadBalancerClass string
      internalTrafficPolicy string
      trafficDistribution string
    ServicePort
      name string
      protocol string
      appProtocol string
      port int32
      targetPort intOrString
      nodePort int32
    SessionAffinityConfig
      clientIP ClientIPConfig
    ClientIPConfig
      timeoutSeconds int32
    ServiceStatus
      loadBalancer LoadBalancerStatus
      conditions []Condition merge=type
    LoadBalancerStatus
      ingress []LoadBalancerIngress
    LoadBalancerIngress
      ip string
      hostname string
      ipMode string
      ports []any
    EndpointSlice
      apiVersion string
      kind string
      metadata ObjectMeta
      addressType string
      endpoints []Endpoint
      ports []EndpointPort
    Endpoint
      addresses []string
      conditions EndpointConditions
      hostname string
      targetRef ObjectReference
      deprecatedTopology map:string
      nodeName string
      zone string
      hints any
    EndpointConditions
      ready bool
      serving bool
      terminating bool
    EndpointPort
      name string
      protocol string
      port int32
      appProtocol string

    """
