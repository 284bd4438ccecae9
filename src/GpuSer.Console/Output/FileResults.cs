namespace GpuSer.Console.Output;

/// <summary>
/// Tells of each input file in the order of the inputs, however they are finished: its folder on standard output, or its error on standard
/// error, or all of them in one JSON document. For several threads.
/// </summary>
internal sealed class FileResults(Terminal terminal, ProgressLine line, string[] files, string[] folders, bool json = false)
{
    private readonly Lock _turn = new();
    private readonly string?[] _errors = new string?[files.Length];
    private readonly bool[] _finished = new bool[files.Length];
    private int _count;
    private int _told;

    /// <summary>Files that could not be used.</summary>
    public int Bad { get; private set; }

    /// <summary>A file's results are written.</summary>
    public void Done(int file) => Finish(file, null);

    /// <summary>A file could not be used.</summary>
    public void Failed(int file, GpuSerException error) => Finish(file, error.Message);

    /// <summary>Writes the document, where one is asked for, of all files that are finished.</summary>
    public void WriteJson()
    {
        if (json)
        {
            JsonOutput.Write(terminal.Out, files.Take(_told).Select((file, i) => new
            {
                File = file,
                Folder = _errors[i] is null ? folders[i] : null,
                Error = _errors[i],
            }));
        }
    }

    private void Finish(int file, string? error)
    {
        lock (_turn)
        {
            (_finished[file], _errors[file]) = (true, error);
            _count++;
            Bad += error is null ? 0 : 1;
            line.Clear();
            for (; _told < files.Length && _finished[_told]; _told++)
            {
                if (_errors[_told] is { } problem)
                {
                    terminal.Error.WriteLine($"gpuser: {problem}");
                }
                else if (!json)
                {
                    terminal.Out.WriteLine(folders[_told]);
                }
            }

            line.Show($"{_count}/{files.Length} {files[file]}");
        }
    }
}
