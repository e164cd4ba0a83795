/// `apps/v1`
let schemaOfWorkloads = """
    Deployment
      apiVersion string
      kind string
      metadata ObjectMeta
      spec DeploymentSpec
      status DeploymentStatus
    DeploymentSpec
      replicas int32
      selector LabelSelector
      template PodTemplateSpec
      strategy DeploymentStrategy retainKeys
      minReadySeconds int32
      revisionHistoryLimit int32
      paused bool
      progressDeadlineSeconds int32
    DeploymentStrategy
      type string
      rollingUpdate RollingUpdateDeployment
    RollingUpdateDeployment
      maxUnavailable intOrString
      maxSurge intOrString
    DeploymentStatus
      observedGeneration int64
      replicas int32
      updatedReplicas int32
      readyReplicas int32
      availableReplicas int32
      unavailableReplicas int32
      terminatingReplicas int32
      conditions []DeploymentCondition merge=type
      collisionCount int32
    DeploymentCondition
      type string
      status string
      lastUpdateTime time
      lastTransitionTime time
      reason string
      message string
    ReplicaSet
      apiVersion string
      kind string
      metadata ObjectMeta
      spec ReplicaSetSpec
      status ReplicaSetStatus
    ReplicaSetSpec
      replicas int32
      minReadySeconds int32
      selector LabelSelector
      template PodTemplateSpec
    ReplicaSetStatus
      replicas int32
      fullyLabeledReplicas int32
      readyReplicas int32
      availableReplicas int32
      terminatingReplicas int32
      observedGeneration int64
      conditions []Condition merge=type

    """
