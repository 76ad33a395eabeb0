// What users need of the floor below comes with `import CheckpointTrainer`: stores, checkpoints, paths.
@_exported public import Checkpoint
