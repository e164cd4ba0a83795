/// Pods and what is in them (`core/v1`).
let schemaOfPods = """
    Pod
      apiVersion string
      kind string
      metadata ObjectMeta
      spec PodSpec
      status PodStatus
    PodTemplateSpec
      metadata ObjectMeta
      spec PodSpec
    PodSpec
      volumes []Volume merge=name retainKeys
      initContainers []Container merge=name
      containers []Container merge=name
      ephemeralContainers []EphemeralContainer merge=name
      restartPolicy string
      terminationGracePeriodSeconds int64
      activeDeadlineSeconds int64
      dnsPolicy string
      nodeSelector map:string
      serviceAccountName string
      serviceAccount string
      automountServiceAccountToken bool
      nodeName string
      hostNetwork bool
      hostPID bool
      hostIPC bool
      shareProcessNamespace bool
      securityContext PodSecurityContext
      imagePullSecrets []LocalObjectReference merge=name
      hostname string
      subdomain string
      affinity Affinity
      schedulerName string
      tolerations []Toleration
      hostAliases []HostAlias merge=ip
      priorityClassName string
      priority int32
      dnsConfig PodDNSConfig
      readinessGates []PodReadinessGate
      runtimeClassName string
      enableServiceLinks bool
      preemptionPolicy string
      overhead map:quantity
      topologySpreadConstraints []TopologySpreadConstraint merge=topologyKey
      setHostnameAsFQDN bool
      os PodOS
      hostUsers bool
      schedulingGates []PodSchedulingGate merge=name
      resourceClaims []any merge=name
      resources ResourceRequirements
      hostnameOverride string
    PodOS
      name string
    PodSchedulingGate
      name string
    PodReadinessGate
      conditionType string
    HostAlias
      ip string
      hostnames []string
    PodDNSConfig
      nameservers []string
      searches []string
      options []PodDNSConfigOption
    PodDNSConfigOption
      name string
      value string
    Container
      name string
      image string
      command []string
      args []string
      workingDir string
      ports []ContainerPort merge=containerPort
      envFrom []EnvFromSource
      env []EnvVar merge=name
      resources ResourceRequirements
      resizePolicy []ContainerResizePolicy
      restartPolicy string
      restartPolicyRules []any
      volumeMounts []VolumeMount merge=mountPath
      volumeDevices []VolumeDevice merge=devicePath
      livenessProbe Probe
      readinessProbe Probe
      startupProbe Probe
      lifecycle Lifecycle
      terminationMessagePath string
      terminationMessagePolicy string
      imagePullPolicy string
      securityContext SecurityContext
      stdin bool
      stdinOnce bool
      tty bool
    EphemeralContainer
      name string
      image string
      command []string
      args []string
      workingDir string
      ports []ContainerPort merge=containerPort
      envFrom []EnvFromSource
      env []EnvVar merge=name
      resources ResourceRequirements
      resizePolicy []ContainerResizePolicy
      restartPolicy string
      restartPolicyRules []any
      volumeMounts []VolumeMount merge=mountPath
      volumeDevices []VolumeDevice merge=devicePath
      livenessProbe Probe
      readinessProbe Probe
      startupProbe Probe
      lifecycle Lifecycle
      terminationMessagePath string
      terminationMessagePolicy string
      imagePullPolicy string
      securityContext SecurityContext
      stdin bool
      stdinOnce bool
      tty bool
      targetContainerName string
    ContainerPort
      name string
      hostPort int32
      containerPort int32
      protocol string
      hostIP string
    ContainerResizePolicy
      resourceName string
      restartPolicy string
    EnvFromSource
      prefix string
      configMapRef OptionalObjectReference
      secretRef OptionalObjectReference
    OptionalObjectReference
      name string
      optional bool
    EnvVar
      name string
      value string
      valueFrom EnvVarSource
    EnvVarSource
      fieldRef ObjectFieldSelector
      resourceFieldRef ResourceFieldSelector
      configMapKeyRef KeySelector
      secretKeyRef KeySelector
      fileKeyRef any
    ObjectFieldSelector
      apiVersion string
      fieldPath string
    ResourceFieldSelector
      containerName string
      resource string
      divisor quantity
    KeySelector
      name string
      key string
      optional bool
    ResourceRequirements
      limits map:quantity
      requests map:quantity
      claims []any
    VolumeMount
      name string
      readOnly bool
      recursiveReadOnly string
      mountPath string
      subPath string
      mountPropagation string
      subPathExpr string
    VolumeDevice
      name string
      devicePath string
    Probe
      exec ExecAction
      httpGet HTTPGetAction
      tcpSocket TCPSocketAction
      grpc GRPCAction
      initialDelaySeconds int32
      timeoutSeconds int32
      periodSeconds int32
      successThreshold int32
      failureThreshold int32
      terminationGracePeriodSeconds int64
    Lifecycle
      postStart LifecycleHandler
      preStop LifecycleHandler
      stopSignal string
    LifecycleHandler
      exec ExecAction
      httpGet HTTPGetAction
      tcpSocket TCPSocketAction
      sleep SleepAction
    ExecAction
      command []string
    HTTPGetAction
      path string
      port intOrString
      host string
      scheme string
      httpHeaders []HTTPHeader
    HTTPHeader
      name string
      value string
    TCPSocketAction
      port intOrString
      host string
    GRPCAction
      port int32
      service string
    SleepAction
      seconds int64
    SecurityContext
      capabilities Capabilities
      privileged bool
      seLinuxOptions any
      windowsOptions any
      runAsUser int64
      runAsGroup int64
      runAsNonRoot bool
      readOnlyRootFilesystem bool
      allowPrivilegeEscalation bool
      procMount string
      seccompProfile SeccompProfile
      appArmorProfile SeccompProfile
    Capabilities
      add []string
      drop []string
    SeccompProfile
      type string
      localhostProfile string
    PodSecurityContext
      seLinuxOptions any
      windowsOptions any
      runAsUser int64
      runAsGroup int64
      runAsNonRoot bool
      supplementalGroups []int64
      supplementalGroupsPolicy string
      fsGroup int64
      sysctls []Sysctl
      fsGroupChangePolicy string
      seccompProfile SeccompProfile
      appArmorProfile SeccompProfile
      seLinuxChangePolicy string
    Sysctl
      name string
      value string
    Toleration
      key string
      operator string
      value string
      effect string
      tolerationSeconds int64
    Affinity
      nodeAffinity NodeAffinity
      podAffinity PodAffinity
      podAntiAffinity PodAffinity
    NodeAffinity
      requiredDuringSchedulingIgnoredDuringExecution NodeSelector
      preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm
    NodeSelector
      nodeSelectorTerms []NodeSelectorTerm
    NodeSelectorTerm
      matchExpressions []NodeSelectorRequirement
      matchFields []NodeSelectorRequirement
    NodeSelectorRequirement
      key string
      operator string
      values []string
    PreferredSchedulingTerm
      weight int32
      preference NodeSelectorTerm
    PodAffinity
      requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm
      preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm
    WeightedPodAffinityTerm
      weight int32
      podAffinityTerm PodAffinityTerm
    PodAffinityTerm
      labelSelector LabelSelector
      namespaces []string
      topologyKey string
      namespaceSelector LabelSelector
      matchLabelKeys []string
      mismatchLabelKeys []string
    TopologySpreadConstraint
      maxSkew int32
      topologyKey string
      whenUnsatisfiable string
      labelSelector LabelSelector
      minDomains int32
      nodeAffinityPolicy string
      nodeTaintsPolicy string
      matchLabelKeys []string
    PodStatus
      observedGeneration int64
      phase string
      conditions []PodCondition merge=type
      message string
      reason string
      nominatedNodeName string
      hostIP string
      hostIPs []HostIP merge=ip
      podIP string
      podIPs []HostIP merge=ip
      startTime time
      initContainerStatuses []ContainerStatus
      containerStatuses []ContainerStatus
      ephemeralContainerStatuses []ContainerStatus
      qosClass string
      resize string
      resourceClaimStatuses []any merge=name
    HostIP
      ip string
    PodCondition
      type string
      observedGeneration int64
      status string
      lastProbeTime time
      lastTransitionTime time
      reason string
      message string
    ContainerStatus
      name string
      state ContainerState
      lastState ContainerState
      ready bool
      restartCount int32
      image string
      imageID string
      containerID string
      started bool
      allocatedResources map:quantity
      resources ResourceRequirements
      volumeMounts []any
      user any
      stopSignal string
    ContainerState
      waiting ContainerStateWaiting
      running ContainerStateRunning
      terminated ContainerStateTerminated
    ContainerStateWaiting
      reason string
      message string
    ContainerStateRunning
      startedAt time
    ContainerStateTerminated
      exitCode int32
      signal int32
      reason string
      message string
      startedAt time
      finishedAt time
      containerID string

    """
