using GpuSer.IO;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Tests.Runs;

public sealed class FoldTableTests : IDisposable
{
    private const string Heading = "fold,split,train,test,best_epoch,accuracy,uar,macro_f1,last_accuracy,last_uar,last_macro_f1,failure\n";
    private const string Done = "fold-1,test,8,4,1,1,1,1,1,1,1,\n", Diverged = "fold-2,test,8,4,,,,,,,,\"epoch 1, batch 1\"\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-folds-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Folds_that_diverged_are_read_with_the_reason()
    {
        Assert.Empty(FoldTable.Failures(_folder));
        Write(Done + Diverged);

        Assert.Equal([new("fold-2", "epoch 1, batch 1")], FoldTable.Failures(_folder));
    }

    [Theory]
    [InlineData(Done + Diverged + Diverged, "fold-2")]
    [InlineData(Diverged + Done + Done, "fold-1")]
    public void A_fold_that_is_there_twice_is_damage_and_named(string rows, string fold)
    {
        Write(rows);

        string error = Assert.Throws<InvalidFileException>(() => FoldTable.Failures(_folder)).Message;
        Assert.StartsWith($"{Path.Combine(_folder, "folds.csv")}: is damaged: line 4: '{fold}' is in it twice; ", error, StringComparison.Ordinal);
    }

    private void Write(string rows) => File.WriteAllText(Path.Combine(_folder, FoldTable.FileName), Heading + rows);
}
