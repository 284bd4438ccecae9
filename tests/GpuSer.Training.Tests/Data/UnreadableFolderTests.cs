using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using GpuSer.IO;
using GpuSer.Training.Data;

namespace GpuSer.Training.Tests.Data;

/// <summary>Folders that may not be read: named, and no end of the rest.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class UnreadableFolderTests : IDisposable
{
    private const uint Nobody = 65534;
    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly DataTree _tree = new();
    private string? _locked;

    public void Dispose()
    {
        if (_locked is not null)
        {
            File.SetUnixFileMode(_locked, Owners);
        }

        _tree.Dispose();
    }

    [Theory]
    [InlineData("emodb", "03a01Fa.wav", "locked/03a01Wa.wav")]
    [InlineData("ravdess", "03-01-06-01-02-01-12.wav", "locked/03-01-05-01-02-01-12.wav")]
    [InlineData("folders", "anger/1.wav", "joy/1.wav", "locked/1.wav")]
    [InlineData("lssed", "1.wav", "locked/2.wav")]
    public void A_part_is_named_and_the_rest_is_used(string dataset, params string[] files)
    {
        _tree.With(files);
        if (dataset == "lssed")
        {
            _tree.Text("metadata.csv", "name,emotion\n1,happy\n3,bored\n");
        }

        Corpus corpus = WithLocked("locked", () => _tree.Load());

        Assert.Equal(dataset, corpus.Dataset);
        Assert.Equal(files[..^1], corpus.Utterances.Select(utterance => utterance.Name));
        BadFile bad = Assert.Single(corpus.BadFiles);
        Assert.Equal(_tree["locked"], bad.Path);
        Assert.Contains("cannot be read", bad.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_of_IEMOCAP_is_named()
    {
        const string turn = "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav";
        _tree.With(turn).Text("Session1/dialog/EmoEvaluation/Ses01F_impro01.txt", "[1.0 - 2.0]\tSes01F_impro01_F000\tneu\t[2.5, 2.5, 2.5]\n")
            .Text("Session2/dialog/EmoEvaluation/Ses02F_impro01.txt", "").With("Session3/readme.txt");

        Corpus corpus = WithLocked("Session2", () => _tree.Load());

        Assert.Equal(turn, Assert.Single(corpus.Utterances).Name);
        Assert.StartsWith(_tree["Session2"], Assert.Single(corpus.BadFiles).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void The_whole_folder_or_all_in_it_is_an_error_that_names_it()
    {
        _tree.With("locked/03a01Wa.wav");

        string part = Assert.Throws<TrainingException>(() => WithLocked("locked", () => _tree.Load())).Message;
        Assert.Contains($"{_tree["locked"]} cannot be read", part, StringComparison.Ordinal);
        Assert.Equal(_tree["locked"], Assert.Throws<InvalidFileException>(() => WithLocked("locked", () => Datasets.Load(_tree["locked"]))).Path);
    }

    // Nothing is closed to root, so that a root's thread looks as somebody else does (setfsuid(2) is the thread's own).
    private T WithLocked<T>(string name, Func<T> look)
    {
        _locked = _tree[name];
        File.SetUnixFileMode(_locked, UnixFileMode.None);
        if (!Environment.IsPrivilegedProcess)
        {
            return look();
        }

        // The group is still root's.
        File.SetUnixFileMode(_tree.Root, Owners | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        uint before = (uint)SetFileSystemUser(Nobody);
        try
        {
            return look();
        }
        finally
        {
            _ = SetFileSystemUser(before);
        }
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileSystemUser(uint user);
}
