using GpuSer.Training.Weights;

namespace GpuSer.Console.Doctor;

/// <summary>Whether there is room, and the right to write, where GpuSer writes.</summary>
internal static class FolderChecks
{
    // A run of the whole network: best and last weights of 0.54 GB each, a checkpoint of weights and two moments, and the next one beside it while it is written.
    private const double RunGigabytes = (2 * 0.54) + (2 * 3 * 0.54);
    private const long Least = 64L << 20;

    /// <summary>Writes a file into a folder, or where that is missing into the first above it that is there, and removes it; looks at the room.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="freeBytes">Bytes that are free in a folder.</param>
    public static Finding Room(string path, Func<string, long> freeBytes)
    {
        string folder = Path.GetFullPath(path);
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
        {
            folder = parent;
        }

        try
        {
            using FileStream trial = new(
                Path.Combine(folder, $"gpuser-doctor-{Guid.NewGuid():n}.tmp"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            trial.WriteByte(0);
            trial.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Finding.Fault(
                $"{folder} cannot be written: {error.Message}", "work in a folder that can be written and has room, or name one with --out");
        }

        long free = freeBytes(folder);
        string found = $"{folder} can be written, {free / 1e9:0.0} GB free";
        return free < Least
            ? Finding.Fault(found, $"make room: the disk is as good as full, and a run of the whole network writes up to {RunGigabytes:0.0} GB")
            : free < RunGigabytes * 1e9
                ? Finding.Warning(found, $"a run of the whole network writes up to {RunGigabytes:0.0} GB; make room, or name a folder on another disk with --out")
                : Finding.Ok(found);
    }

    /// <summary>As <see cref="Room"/>, for the folder that <c>weights get</c> writes to, with the published weights that are in it.</summary>
    public static Finding Weights(string path, Func<string, long> freeBytes)
    {
        Finding room = Room(path, freeBytes);
        string[] there = [.. PublishedWeights.All.Select(weights => weights.FileName).Where(name => File.Exists(Path.Combine(path, name)))];
        return room with
        {
            Found = $"{room.Found}; {(there.Length > 0 ? string.Join(", ", there) : "no published weights in it, gpuser weights get fetches them")}",
        };
    }

    /// <summary>Bytes that this user may write to the disk that a folder is on.</summary>
    public static long FreeBytes(string folder) => new DriveInfo(folder).AvailableFreeSpace;
}
