// The seed, the number of threads and the count of live tensors belong to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
