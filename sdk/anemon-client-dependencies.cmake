find_dependency(Threads)
