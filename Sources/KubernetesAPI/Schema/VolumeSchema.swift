/// Volumes of Pods. Sources that no node here can mount are accepted as they are and refused by the kubelet.
let schemaOfVolumes = """
    Volume
      name string
      hostPath HostPathVolumeSource
      emptyDir EmptyDirVolumeSource
      configMap ConfigMapVolumeSource
      secret SecretVolumeSource
      downwardAPI DownwardAPIVolumeSource
      projected ProjectedVolumeSource
      persistentVolumeClaim PersistentVolumeClaimVolumeSource
      nfs any
      csi any
      ephemeral any
      image ImageVolumeSource
      iscsi any
      glusterfs any
      rbd any
      cephfs any
      cinder any
      fc any
      gitRepo any
      flexVolume any
      flocker any
      awsElasticBlockStore any
      gcePersistentDisk any
      azureDisk any
      azureFile any
      vsphereVolume any
      quobyte any
      photonPersistentDisk any
      portworxVolume any
      scaleIO any
      storageos any
    HostPathVolumeSource
      path string
      type string
    EmptyDirVolumeSource
      medium string
      sizeLimit quantity
    KeyToPath
      key string
      path string
      mode int32
    ConfigMapVolumeSource
      name string
      items []KeyToPath
      defaultMode int32
      optional bool
    SecretVolumeSource
      secretName string
      items []KeyToPath
      defaultMode int32
      optional bool
    DownwardAPIVolumeSource
      items []DownwardAPIVolumeFile
      defaultMode int32
    DownwardAPIVolumeFile
      path string
      fieldRef ObjectFieldSelector
      resourceFieldRef ResourceFieldSelector
      mode int32
    ProjectedVolumeSource
      sources []VolumeProjection
      defaultMode int32
    VolumeProjection
      secret ConfigMapVolumeSource
      configMap ConfigMapVolumeSource
      downwardAPI DownwardAPIVolumeSource
      serviceAccountToken any
      clusterTrustBundle any
      podCertificate any
    PersistentVolumeClaimVolumeSource
      claimName string
      readOnly bool
    ImageVolumeSource
      reference string
      pullPolicy string

    """
