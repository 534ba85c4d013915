import glimpse.client.ApiClient;
import glimpse.client.ApiException;
import glimpse.client.api.ClassifyApi;
import glimpse.client.api.HuggingFaceApi;
import java.io.File;
import java.util.List;

/** Asks a Worker through the generated client: ADDRESS PICTURE. Prints what came of it, a line each. */
public class Ask {
  public static void main(String[] args) throws ApiException {
    // By itself it calls every body JSON where an operation takes JSON as well, and then sends no picture.
    ApiClient client =
        new ApiClient() {
          @Override
          public String selectHeaderContentType(String[] types) {
            return types[0];
          }
        };
    client.setBasePath(args[0]);
    ClassifyApi api = new ClassifyApi(client);
    File picture = new File(args[1]);
    System.out.println("classify " + api.classify(picture, 3, null, null, null).getPredictions().get(0).getLabel());
    System.out.println("batch " + api.classifyBatch(List.of(picture, picture), 1, null, null, null).getResults().size());
    System.out.println("hugging-face " + new HuggingFaceApi(client).classifyForHuggingFace("cifar10", picture).get(0).getLabel());
    try {
      api.classify(picture, null, "none", null, null);
    } catch (ApiException error) {
      System.out.println("unknown " + error.getCode());
    }
  }
}
